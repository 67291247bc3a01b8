//! The registry: one file per method, one line here. The command line, the schema of the study file
//! and the pages of `xinzhi explain` are made from it.

pub mod additive;
pub mod assessment;
pub mod audit;
pub mod by_production;
pub mod capacity;
pub mod capital;
pub mod capital_services;
pub mod closest;
pub mod common_weights;
pub mod convergence;
pub mod coupling;
pub mod cross_efficiency;
pub mod dea;
pub mod decomposition;
pub mod density;
pub mod design;
pub mod development;
pub mod directional;
pub mod distance;
pub mod divisions;
pub mod domar;
pub mod doubt;
pub mod dynamic;
pub mod ebm;
pub mod economic;
pub mod generalised;
pub mod grey;
pub mod growth;
pub mod index;
pub mod index_numbers;
pub mod inequality;
pub mod labour_composition;
pub mod layers;
pub mod link;
pub mod luenberger;
pub mod malmquist;
pub mod malmquist_luenberger;
pub mod market_segmentation;
pub mod markov;
pub mod markups;
pub mod materials_balance;
pub mod merger;
pub mod metafrontier;
pub mod misallocation;
pub mod moran;
pub mod multiplier;
pub mod nddf;
pub mod network;
pub mod obstacle;
pub mod partial;
pub mod production_function;
pub mod ranking;
pub mod russell;
pub mod sbm;
pub mod shift_share;
pub mod super_efficiency;
pub mod superlative;
pub mod tfp_index;
pub mod two_stage;
pub mod window;

mod assets;
mod change;
mod defaults;
mod direction;
mod failures;
mod industries;
#[cfg(test)]
mod linter_tests;
mod lookup;
mod nonradial;
#[cfg(test)]
mod panel_tests;
mod production;
mod rows;
mod scores;
mod slacks;
mod slope;

use std::{collections::BTreeMap, path::Path};

use panel::{Origin, Problem};
use serde_json::Value;

use crate::{
    method::{Input, Method, Output, Page},
    spec::schema,
};

/// A method as the registry knows it.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Name in study files and on the command line.
    pub name: &'static str,
    /// Its page.
    pub page: Page,
    /// JSON schema of its options.
    pub schema: fn() -> Value,
    /// Reads the options and says what contradicts itself in them.
    pub check: fn(&Value) -> Vec<Problem>,
    /// Reads the options and says which variables of earlier steps they imply.
    pub implied: fn(&Value) -> Vec<String>,
    /// Reads the options and says what output variables are made of, where that is not what the options name.
    pub origins: fn(&Path, &Value) -> BTreeMap<String, Origin>,
    /// Whether the method reads a course over time from its variables.
    pub over_time: bool,
    /// Reads the options and runs the method.
    pub run: fn(&Input<'_>, &Value) -> Result<Output, Vec<Problem>>,
}

/// All methods, in the order in which a study usually meets them.
static ENTRIES: &[Entry] = &[
    of::<audit::AuditMethod>(),
    of::<index::Index>(),
    of::<design::DesignCheck>(),
    of::<dea::RadialDea>(),
    of::<directional::DirectionalDistance>(),
    of::<additive::AdditiveModels>(),
    of::<sbm::SlacksBasedMeasure>(),
    of::<closest::ClosestTargets>(),
    of::<two_stage::TwoStageMethod>(),
    of::<network::NetworkMethod>(),
    of::<dynamic::DynamicMethod>(),
    of::<metafrontier::MetafrontierMethod>(),
    of::<russell::RussellMeasure>(),
    of::<ebm::EpsilonBasedMeasure>(),
    of::<nddf::NonRadialDirectional>(),
    of::<by_production::ByProductionMethod>(),
    of::<materials_balance::MaterialsBalanceMethod>(),
    of::<super_efficiency::SuperEfficiencyMethod>(),
    of::<generalised::GeneralisedDistance>(),
    of::<distance::FrontierDistance>(),
    of::<economic::EconomicEfficiency>(),
    of::<partial::PartialFrontier>(),
    of::<window::WindowAnalysis>(),
    of::<layers::ContextLayers>(),
    of::<merger::MergerGains>(),
    of::<capacity::CapacityUtilisation>(),
    of::<multiplier::RestrictedPrices>(),
    of::<common_weights::CommonWeighting>(),
    of::<cross_efficiency::CrossEfficiencies>(),
    of::<malmquist::MalmquistIndex>(),
    of::<malmquist_luenberger::MalmquistLuenbergerIndex>(),
    of::<luenberger::LuenbergerIndicator>(),
    of::<tfp_index::ProductivityIndex>(),
    of::<capital::CapitalStocks>(),
    of::<capital_services::CapitalServices>(),
    of::<growth::GrowthAccounting>(),
    of::<production_function::ProductionFunctions>(),
    of::<markups::MarkupsMethod>(),
    of::<decomposition::DecompositionMethod>(),
    of::<misallocation::MisallocationMethod>(),
    of::<market_segmentation::MarketSegmentation>(),
    of::<labour_composition::CompositionMethod>(),
    of::<domar::DomarMethod>(),
    of::<development::DevelopmentMethod>(),
    of::<shift_share::ShiftShareMethod>(),
    of::<index_numbers::IndexNumbers>(),
    of::<superlative::SuperlativeTfp>(),
    of::<doubt::BenefitOfTheDoubt>(),
    of::<ranking::RankingMethod>(),
    of::<coupling::CouplingCoordination>(),
    of::<obstacle::Obstacles>(),
    of::<link::Links>(),
    of::<grey::GreyMethod>(),
    of::<assessment::Assessments>(),
    of::<inequality::InequalityMethod>(),
    of::<moran::MoranMethod>(),
    of::<markov::MarkovMethod>(),
    of::<density::DensityMethod>(),
    of::<convergence::ConvergenceMethod>(),
];

/// All methods.
pub fn entries() -> &'static [Entry] {
    ENTRIES
}

/// A method by name.
pub fn entry(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|e| e.name == name)
}

/// The page of a method by name.
pub fn page(name: &str) -> Option<&'static Page> {
    entry(name).map(|e| &e.page)
}

const fn of<M: Method>() -> Entry {
    Entry {
        name: M::NAME,
        page: M::PAGE,
        schema: schema::of::<M::Options>,
        check: check::<M>,
        implied: implied::<M>,
        origins: origins::<M>,
        over_time: M::OVER_TIME,
        run: run::<M>,
    }
}

fn check<M: Method>(options: &Value) -> Vec<Problem> {
    let mut problems = serde_json::from_value(options.clone()).map_or_else(|_| Vec::new(), |options| M::check(&options));
    problems.extend(options.as_object().map(M::check_given).unwrap_or_default());
    problems
}

fn implied<M: Method>(options: &Value) -> Vec<String> {
    serde_json::from_value(options.clone()).map_or_else(|_| Vec::new(), |options| M::implied(&options))
}

fn origins<M: Method>(folder: &Path, options: &Value) -> BTreeMap<String, Origin> {
    serde_json::from_value(options.clone()).map_or_else(|_| BTreeMap::new(), |options| M::origins(folder, &options))
}

fn run<M: Method>(input: &Input<'_>, options: &Value) -> Result<Output, Vec<Problem>> {
    let read = serde_json::from_value(options.clone())
        .map_err(|e| vec![Problem::error("options", format!("The options of `{}` do not fit: {e}.", M::NAME))])?;
    let mut output = M::run(input, &read)?;
    if M::NAME != design::DesignCheck::NAME {
        output.findings.extend(design::automatic(input.panel, options, &output.findings));
    }
    Ok(output)
}
