//! The cases of the project, built into the program so that `xinzhi verify` works anywhere.

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// Name, relative to the folder `reference`, and text of every file.
        pub const FILES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../reference/", $name)))),*];
    };
}

files! {
    "manifest.json",
    "cases/columbus_moran.json",
    "cases/coupling_exact.json",
    "cases/coupling_three_systems.json",
    "cases/coupling_three_systems_modified.json",
    "cases/coupling_two_systems.json",
    "cases/coupling_two_systems_weighted.json",
    "cases/critic_1995.json",
    "cases/dagum_two_groups.json",
    "cases/de_smith_local_moran.json",
    "cases/deap_eg1_crs.json",
    "cases/deap_eg2_vrs_scale.json",
    "cases/deap_eg4_malmquist.json",
    "cases/hdi_2022.json",
    "cases/hospitals_ccr_input.json",
    "cases/tai_2001.json",
    "cases/theil_two_groups.json",
    "data/columbus_crime.csv",
    "data/columbus_neighbours.csv",
    "data/de_smith.csv",
    "data/de_smith_neighbours.csv",
    "data/deap_eg1.csv",
    "data/deap_eg2.csv",
    "data/deap_eg4.csv",
    "data/hospitals.csv",
}
