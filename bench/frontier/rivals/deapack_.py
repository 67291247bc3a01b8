"""DEAPack, HiGHS through SciPy, with all that it can leave out left out."""

import itertools

import deapack as d
import numpy as np
import pandas as pd
from protocol import serve


def names(letter, table):
    return [f"{letter}{k}" for k in range(table.shape[1])]


def frame(case):
    columns = {}
    for letter, table in (("x", case.x), ("y", case.y), ("b", case.b)):
        columns |= {name: table[:, k] for k, name in enumerate(names(letter, table))}
    width = case.n // len(case.periods)
    rows = np.arange(case.n)
    return pd.DataFrame(columns | {"unit": rows % width, "period": rows // width, "group": rows % 3})


def data(case, bad=False, panel=False, group=False):
    return d.DEAData.from_frame(
        frame(case),
        dmu="unit",
        inputs=names("x", case.x),
        outputs=names("y", case.y),
        bad_outputs=names("b", case.b) if bad else None,
        period="period" if panel else None,
        group="group" if group else None,
    )


def prices(case):
    return {f"x{k}": 1 + 0.5 * k for k in range(case.x.shape[1])}, {f"y{k}": 2.0 + k for k in range(case.y.shape[1])}


def column(name, model, bad=False):
    """A task: one column of the summary, in the order of the rows."""
    return lambda case: model().fit(data(case, bad)).summary_frame[name].to_numpy(float)


def money(name, model, inputs=True, outputs=True):
    def task(case):
        w, p = prices(case)
        given = d.PriceData.common(input_prices=w if inputs else None, output_prices=p if outputs else None)
        return model().fit(data(case), given).summary_frame[name].to_numpy(float)

    return task


def ebm(case):
    weights = {name: 1 / case.x.shape[1] for name in names("x", case.x)}
    told = dict(source="bench", decision_owner="bench", calibration_population="bench", validity_period="bench")
    declared = d.DeclaredEBMCalibration(epsilon=0.5, input_weights=weights, **told)
    return d.InputOrientedEpsilonBasedDEA(calibration=declared).fit(data(case)).summary_frame["score"].to_numpy(float)


def chain(name, model):
    def task(case):
        spec = d.TwoStageSeriesSpec(inputs=names("x", case.x), intermediates=["y0", "y1", "y2"], outputs=["y3", "y4"])
        held = d.NetworkData.from_frame(frame(case), spec=spec, dmu="unit")
        return model().fit(held).summary_frame[name].to_numpy(float)

    return task


def metafrontier(case):
    model = d.RadialMetafrontierDEA(orientation="input", returns_to_scale="vrs")
    return model.fit(data(case, group=True)).summary_frame["technology_gap_ratio"].to_numpy(float)


def change(model, bad=False):
    """Indices by the earlier period, then unit."""

    def task(case):
        out = model().fit(data(case, bad, panel=True)).summary_frame
        return out.sort_values(["base_period", "dmu_id"])["productivity_change"].to_numpy(float)

    return task


def linked(case):
    links = ["y0", "y1", "y2"]
    spec = d.NetworkSpec(
        processes=[d.ProcessSpec("a", ["x0", "x1"], links), d.ProcessSpec("b", ["x2", "x3", "x4", *links], ["y3", "y4"])],
        links=[d.LinkSpec("z", "a", "b", links, envelopment_balance="equality", multiplier_policy="not_applicable")],
    )
    held = d.NetworkData.from_frame(frame(case), spec=spec, dmu="unit")
    return d.ToneTsutsuiNetworkSBM(orientation="input").fit(held).summary_frame["efficiency"].to_numpy(float)


def dynamic(case):
    outputs = names("y", case.y)
    spec = d.DynamicSBMSpec(
        production=d.PeriodProductionSpec(inputs=names("x", case.x), outputs=outputs[:-1]),
        carryovers=[d.CarryOverSpec(outputs[-1], "good")],
    )
    held = d.DynamicData.from_frame(frame(case), spec=spec, dmu="unit", period="period")
    out = d.ToneTsutsuiDynamicSBM().fit(held).summary_frame
    return out.sort_values("dmu_id")["efficiency"].to_numpy(float)


def by_production(case):
    held = d.DEAData.from_frame(
        frame(case),
        dmu="unit",
        inputs=names("x", case.x),
        outputs=names("y", case.y),
        bad_outputs=names("b", case.b),
        polluting_inputs=names("x", case.x),
    )
    return d.ByProductionFGL().fit(held).summary_frame["efficiency"].to_numpy(float)


def materials(case):
    w, p = prices(case)
    contents = d.MaterialBalanceCoefficients(
        inputs={"m": w},
        outputs={"m": {name: 0.0 for name in p}},
    )
    return d.CoelliMaterialBalanceDEA(contents).fit(data(case)).summary_frame["efficiency"].to_numpy(float)


def capacity(case):
    """Two radial runs: all inputs, the fixed one."""
    fixed = d.DEAData.from_frame(frame(case), dmu="unit", inputs=["x0"], outputs=names("y", case.y))
    model = d.RadialDEA(orientation="output", returns_to_scale="vrs", **fast)
    plan, own = (model.fit(held).summary_frame["efficiency"].to_numpy(float) for held in (fixed, data(case)))
    return plan / own


def generators(count):
    """Corners of the cone of prices between half and twice the first one."""
    return [[1.0, *corner] for corner in itertools.product((0.5, 2.0), repeat=count - 1)]


def assurance(case):
    m, s = case.x.shape[1], case.y.shape[1]
    told = dict(elicitation_source="bench", stakeholder="bench", comparison_population="bench", validity_period="bench")
    units = dict(input_quantity_units=("one",) * m, output_quantity_units=("one",) * s)
    given = d.ConeRestrictionProvenance(**told, **units)
    model = d.PolyhedralConeRatioDEA(generators(m), generators(s), restriction_provenance=given)
    return model.fit(data(case)).summary_frame["theta"].to_numpy(float)


def hyperbolic(case):
    model = d.ChavasCoxGDF(returns_to_scale="vrs", **fast)
    return np.sqrt(model.fit(data(case)).summary_frame["efficiency"].to_numpy(float))


def energy_carbon(case):
    held = d.DEAData.from_frame(frame(case), dmu="unit", inputs=["x0"], outputs=["y0"], bad_outputs=["b0"])
    return d.NonCHPEnergyCarbonDEA(account="integrated_energy_carbon").fit(held).summary_frame["distance"].to_numpy(float)


fast = {"compute_slacks": False}
TASKS = {
    "fdh": column("efficiency", lambda: d.FDH(**fast)),
    "replication": column("efficiency", lambda: d.FRH(**fast)),
    "additive": column("distance", d.AdditiveDEA),
    "ram": column("distance", d.RAM),
    "super-sbm": column("super_sbm_score", d.ToneSuperSBM),
    "bad-sbm": column("efficiency", d.UndesirableSBM, bad=True),
    "russell": column("efficiency", d.InputRussell),
    "ebm": ebm,
    "rdm": column("distance", d.RangeDirectionalDEA),
    "kuosmanen": column("distance", lambda: d.KuosmanenWeakDisposalDDF(**fast), bad=True),
    "super-ddf": column("distance", d.NerloveLuenbergerSuperEfficiency),
    "generalised": column("efficiency", lambda: d.ChavasCoxGDF(returns_to_scale="vrs", **fast)),
    "cost": money("efficiency", lambda: d.CostEfficiency(returns_to_scale="vrs"), outputs=False),
    "revenue": money("efficiency", d.RevenueEfficiency, inputs=False),
    "profit": money("distance", lambda: d.NerlovianProfitInefficiency(**fast)),
    "metafrontier": metafrontier,
    "relational": chain("efficiency", d.KaoHwangRelationalDEA),
    "chen-additive": chain("efficiency", d.ChenCookLiZhuAdditiveDEA),
    "global": change(lambda: d.GlobalMalmquistDEA(orientation="input")),
    "biennial": change(lambda: d.BiennialMalmquistDEA(orientation="input")),
    "apz": change(d.APZMalmquistLuenbergerDEA, bad=True),
    "luenberger": change(lambda: d.LuenbergerDEA(input_direction="observed", output_direction="observed")),
    "hicks-moorsteen": change(d.HicksMoorsteenDEA),
    "network": linked,
    "dynamic": dynamic,
    "by-production": by_production,
    "materials-balance": materials,
    "hyperbolic": hyperbolic,
    "capacity": capacity,
    "game": column("score", lambda: d.GameCrossEfficiency(store_appraisals=False, store_history=False)),
    "assurance": assurance,
    "energy-carbon": energy_carbon,
    "l1": column("efficiency", lambda: d.RadialDEA(returns_to_scale="vrs", **fast)),
}
if __name__ == "__main__":
    serve("deapack", TASKS)
