import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from pipeline.evaluation.intervals import Estimate
from pipeline.evaluation.metrics import (
    METRICS,
    Evaluation,
    acceptance,
    by_value,
    clustered_mean,
    evaluation_document,
    measure,
    merge,
    paired_difference,
    set_quality,
    slice_quality,
    to_plain,
)
from tests.random_evaluations import TAGS, an_evaluation

evaluations = st.builds(
    an_evaluation, st.integers(1, 60), st.integers(0, 10_000), st.floats(0, 1), st.integers(1, 60)
)


@settings(max_examples=40, deadline=None)
@given(evaluations)
def test_figures_of_the_action_agree_with_scikit_learn(evaluation):
    quality = measure(evaluation, samples=2)
    gold, said = evaluation.gold_action, evaluation.action
    present = sorted(set(gold))
    assert quality.action.accuracy.value == pytest.approx(sk.accuracy_score(gold, said))
    assert quality.action.macro_f1.value == pytest.approx(
        sk.f1_score(gold, said, labels=present, average="macro", zero_division=0)
    )
    assert quality.action.macro_f1.support == len(present)
    assert np.array_equal(quality.action.confusion, sk.confusion_matrix(gold, said, labels=range(1, 6)))
    if len(set(gold) | set(said)) > 1:
        assert quality.action.kappa.value == pytest.approx(
            sk.cohen_kappa_score(gold, said, labels=range(1, 6), weights="quadratic")
        )
    else:
        assert math.isnan(quality.action.kappa.value)
    per_class = sk.f1_score(gold, said, labels=range(1, 6), average=None, zero_division=0)
    for category, figure in quality.action.f1.items():
        assert figure.support == (gold == category).sum()
        assert (
            (figure.value == pytest.approx(per_class[category - 1])) if figure.support else not figure.defined
        )


@settings(max_examples=40, deadline=None)
@given(evaluations)
def test_figures_of_the_tags_agree_with_scikit_learn(evaluation):
    quality = measure(evaluation, samples=2)
    gold_tags, tags = evaluation.gold_tags, evaluation.tags
    with_support = np.flatnonzero(gold_tags.any(axis=0))
    if gold_tags.any() or tags.any():
        assert quality.tags.micro_f1.value == pytest.approx(
            sk.f1_score(gold_tags, tags, average="micro", zero_division=0)
        )
    else:
        assert not quality.tags.micro_f1.defined
    if with_support.size:
        expected = sk.f1_score(gold_tags, tags, labels=with_support, average="macro", zero_division=0)
        assert quality.tags.macro_f1.value == pytest.approx(expected)
    assert quality.tags.macro_f1.support == with_support.size
    for figure, function, of in (
        (quality.tags.precision, sk.precision_score, tags),
        (quality.tags.recall, sk.recall_score, gold_tags),
    ):
        assert figure.support == of.sum()
        if of.any():
            assert figure.value == pytest.approx(function(gold_tags, tags, average="micro", zero_division=0))
        else:
            assert not figure.defined
    assert set(quality.tags.without_support) == {TAGS[k] for k in range(4) if k not in with_support}
    assert quality.tags.subset_accuracy.value == pytest.approx(sk.accuracy_score(gold_tags, tags))
    for k, label in enumerate(TAGS):
        figure = quality.tags.f1[label]
        expected = sk.f1_score(gold_tags[:, k], tags[:, k], zero_division=0)
        assert (
            (figure.value == pytest.approx(expected)) if gold_tags[:, k].any() else math.isnan(figure.value)
        )


@settings(max_examples=30, deadline=None)
@given(evaluations)
def test_every_interval_holds_its_value_and_stays_in_range(evaluation):
    quality = measure(evaluation, samples=50)
    tasks = [*vars(quality.action).values(), *vars(quality.tags).values()]
    figures = [f for f in tasks if isinstance(f, Estimate)] + [
        *quality.action.f1.values(),
        *quality.tags.f1.values(),
    ]
    for figure in figures:
        if figure.defined and not math.isnan(figure.low):
            assert -1 <= figure.low <= figure.value <= figure.high <= 1
        assert figure.support >= 0


@settings(max_examples=25, deadline=None)
@given(evaluations, st.integers(0, 1000))
def test_order_of_rows_does_not_count(evaluation, seed):
    shuffled = evaluation.where(np.random.default_rng(seed).permutation(len(evaluation)))
    ours, theirs = (leaves(to_plain(measure(e, samples=20))) for e in (shuffled, evaluation))
    assert ours.keys() == theirs.keys()
    assert [math.nan if v is None else v for v in ours.values()] == pytest.approx(
        [math.nan if v is None else v for v in theirs.values()], nan_ok=True
    )


def leaves(value, path=()):
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return {k: v for key, item in items for k, v in leaves(item, (*path, key)).items()}
    return {path: 0 if isinstance(value, str) else value}


@settings(max_examples=25, deadline=None)
@given(evaluations)
def test_a_perfect_prediction_scores_one(evaluation):
    perfect = Evaluation(
        evaluation.gold_action,
        evaluation.gold_action,
        np.eye(5)[evaluation.gold_action - 1],
        evaluation.gold_tags,
        evaluation.gold_tags,
        evaluation.gold_tags.astype(float),
        evaluation.groups,
        TAGS,
    )
    quality = measure(perfect, samples=20)
    for figure in (quality.action.accuracy, quality.action.macro_f1, quality.tags.subset_accuracy):
        assert (figure.value, figure.high) == (1, 1)
        # However few the cases, the interval has a width: the bootstrap's would have none.
        assert figure.low < 1
    assert quality.action.calibration_error.value == 0
    assert quality.tags.micro_f1.value == 1 or not evaluation.gold_tags.any()
    assert all(f.value == 1 for f in quality.tags.f1.values() if f.support)


def test_calibration_error_by_hand():
    # 4 rows at 0.9 of which 3 are right: |0.9 - 0.75|; 1 row at 0.5 that is right: |0.5 - 1|.
    top = np.array([0.9, 0.9, 0.9, 0.9, 0.5])
    probabilities = np.column_stack([top, 1 - top, np.zeros((5, 3))])
    gold = np.array([1, 1, 1, 2, 1])
    none = np.zeros((5, 4), dtype=bool)
    quality = measure(
        Evaluation(gold, np.ones(5, int), probabilities, none, none, none.astype(float), np.arange(5), TAGS),
        samples=2,
        bins=10,
    )
    assert quality.action.calibration_error.value == pytest.approx((4 * 0.15 + 0.5) / 5)
    filled = {round(b.low, 1): b for b in quality.action.reliability if b.cases}
    assert filled.keys() == {0.5, 0.9}
    assert filled[0.9].cases == 4
    assert filled[0.9].confidence == pytest.approx(0.9)
    assert filled[0.9].observed == pytest.approx(0.75)
    assert math.isnan(quality.action.reliability[0].observed)


def test_a_calibrated_model_has_a_small_calibration_error_and_a_boastful_one_has_not():
    rng = np.random.default_rng(3)
    said = rng.uniform(0.3, 1, 20_000)
    right = rng.random(20_000) < said
    none = np.zeros((20_000, 4), dtype=bool)

    def error(confidence):
        probabilities = np.column_stack([confidence, 1 - confidence, np.zeros((20_000, 3))])
        gold = np.where(right, 1, 2)
        figures = Evaluation(
            gold, np.ones(20_000, int), probabilities, none, none, none.astype(float), np.arange(20_000), TAGS
        )
        return measure(figures, samples=20).action.calibration_error.value

    assert error(said) < 0.012
    assert error(np.minimum(1, said + 0.1)) > 0.06


@settings(max_examples=25, deadline=None)
@given(evaluations, st.sampled_from([1, 5, 15]))
def test_calibration_errors_agree_with_the_definition(evaluation, bins):
    quality = measure(evaluation, samples=2, bins=bins)
    said = evaluation.action_probabilities[np.arange(len(evaluation)), evaluation.action - 1]
    shown = evaluation.tag_scores >= 0.05
    pairs = (
        (quality.action, said, evaluation.action == evaluation.gold_action),
        (quality.tags, evaluation.tag_scores[shown], evaluation.gold_tags[shown]),
    )
    for task, probability, right in pairs:
        place = np.minimum((probability * bins).astype(int), bins - 1)
        gaps = [abs(probability[place == b].sum() - right[place == b].sum()) for b in range(bins)]
        figure = task.calibration_error
        assert figure.support == len(probability)
        assert (
            figure.value == pytest.approx(sum(gaps) / len(probability))
            if len(probability)
            else not figure.defined
        )
        assert [b.cases for b in task.reliability] == [(place == b).sum() for b in range(bins)]


def test_repeated_texts_widen_the_interval_since_they_fall_together():
    evaluation = an_evaluation(400, 5)
    twins = evaluation.where(np.repeat(np.arange(400), 4))
    by_text = measure(twins, seed=1).action.accuracy
    apart = Evaluation(**{**vars_of(twins), "groups": np.arange(1600)})
    by_row = measure(apart, seed=1).action.accuracy
    assert by_text.value == by_row.value
    assert by_text.high - by_text.low > 1.7 * (by_row.high - by_row.low)


def vars_of(evaluation):
    return {name: getattr(evaluation, name) for name in Evaluation.__dataclass_fields__}


def test_the_bootstrap_interval_covers_the_truth():
    covered = []
    for seed in range(150):
        figure = measure(an_evaluation(600, seed), samples=300, seed=1000 + seed).action.accuracy
        covered.append(
            figure.low <= 0.84 <= figure.high
        )  # wrong with 0.2, of which one in five falls on the gold by chance
    assert np.mean(covered) >= 0.9


def test_the_seed_alone_decides():
    evaluation = an_evaluation(200, 7)
    assert measure(evaluation, samples=30, seed=4) == measure(evaluation, samples=30, seed=4)
    assert measure(evaluation, samples=30, seed=4) != measure(evaluation, samples=30, seed=5)


@pytest.mark.parametrize("metric", METRICS)
def test_a_model_does_not_differ_from_itself(metric):
    evaluation = an_evaluation(150, 2)
    difference = paired_difference(metric, evaluation, evaluation, samples=50)
    assert (difference.value, difference.low, difference.high) == (0, 0, 0)


def test_a_paired_difference_is_surer_than_two_intervals():
    champion = an_evaluation(600, 11, error=0.3)
    # The challenger puts right every tenth row and changes nothing else.
    action = np.where(np.arange(600) % 10 == 0, champion.gold_action, champion.action)
    challenger = Evaluation(**{**vars_of(champion), "action": action})
    difference = paired_difference("action.accuracy", challenger, champion)
    assert difference.value == pytest.approx(
        ((action == champion.gold_action).mean()) - (champion.action == champion.gold_action).mean()
    )
    assert difference.low > 0
    alone = measure(champion).action.accuracy
    assert difference.high - difference.low < 0.7 * (alone.high - alone.low)
    backwards = paired_difference("action.accuracy", champion, challenger)
    assert backwards.value == pytest.approx(-difference.value)
    assert backwards.low == pytest.approx(-difference.high)


def test_models_on_different_rows_are_not_compared():
    with pytest.raises(ValueError, match="same rows"):
        paired_difference("action.accuracy", an_evaluation(20, 1), an_evaluation(20, 2))


def test_columns_mixed_up_are_found():
    good = vars_of(an_evaluation(10, 1))
    with pytest.raises(ValueError, match=r"tags has shape \(10, 3\)"):
        Evaluation(**{**good, "tags": good["tags"][:, :3]})
    with pytest.raises(ValueError, match="action holds categories outside"):
        Evaluation(**{**good, "action": good["action"] - 1})
    with pytest.raises(ValueError, match="tag_scores holds values outside"):
        Evaluation(**{**good, "tag_scores": good["tag_scores"] * 9})
    with pytest.raises(ValueError, match="action_probabilities holds values outside"):
        Evaluation(**{**good, "action_probabilities": np.full((10, 5), np.nan)})


def test_nothing_to_measure_is_undefined_and_no_error():
    quality = measure(an_evaluation(5, 1).where(np.zeros(5, dtype=bool)), samples=5)
    assert quality.rows == 0
    assert not any(figure.defined for figure in vars_of_figures(quality))
    json.dumps(to_plain(quality), allow_nan=False)


def vars_of_figures(quality):
    tasks = [getattr(quality.action, n) for n in ("accuracy", "macro_f1", "kappa", "calibration_error")]
    return [
        *tasks,
        quality.tags.micro_f1,
        quality.tags.macro_f1,
        quality.tags.subset_accuracy,
        *quality.tags.f1.values(),
    ]


def test_a_slice_has_the_figures_of_its_rows_alone():
    evaluation = an_evaluation(300, 21, groups=200)
    regions = np.random.default_rng(0).choice(["Africa", "Asia", "WEOG"], 300).tolist()
    regions[0] = None
    found = slice_quality(evaluation, by_value(regions), samples=50)
    assert list(found.slices) == ["Africa", "Asia", "WEOG", "unknown"]
    for name, quality in found.slices.items():
        mask = np.array([r == (None if name == "unknown" else name) for r in regions])
        alone = measure(evaluation.where(mask), samples=2)
        assert quality.rows == mask.sum()
        assert quality.texts == alone.texts
        assert quality.figures["action.accuracy"].value == pytest.approx(alone.action.accuracy.value)
        assert quality.figures["tags.macro_f1"].value == pytest.approx(alone.tags.macro_f1.value, nan_ok=True)
    gap = found.gaps["action.accuracy"]
    values = {n: s.figures["action.accuracy"].value for n, s in found.slices.items() if s.rows >= 30}
    assert gap.size.value == pytest.approx(max(values.values()) - min(values.values()))
    assert len(gap.comparisons) == 3  # the one row of unknown region is shown, not compared


def test_slices_by_session_stand_in_order_of_number():
    assert list(by_value([10, 2, 18, None, 2])) == ["2", "10", "18", "unknown"]


def test_slices_by_length_stand_in_order_of_length():
    names = ["over 40 words", "11 to 20 words", "up to 10 words", "21 to 40 words"]
    assert list(by_value(names)) == ["up to 10 words", "11 to 20 words", "21 to 40 words", "over 40 words"]


def test_equal_slices_are_seldom_called_different_and_unequal_ones_are():
    falsely = 0
    for seed in range(60):
        evaluation = an_evaluation(500, seed)
        masks = by_value(np.random.default_rng(seed).integers(0, 5, 500).tolist())
        falsely += (
            slice_quality(evaluation, masks, samples=200, seed=seed).gaps["action.accuracy"].significant > 0
        )
    assert falsely <= 8  # 5 % of 60 is 3; more than 8 has a chance below 1 in 100

    evaluation = an_evaluation(1000, 1, error=0.1)
    unlucky = np.arange(1000) < 300
    action = np.where(unlucky & (np.arange(1000) % 2 == 0), evaluation.gold_action % 5 + 1, evaluation.action)
    worse = Evaluation(**{**vars_of(evaluation), "action": action})
    gap = slice_quality(worse, {"a": unlucky, "b": ~unlucky}, samples=300).gaps["action.accuracy"]
    assert (gap.best, gap.worst, gap.significant) == ("b", "a", 1)
    assert gap.size.low > 0.2


def test_one_slice_alone_has_no_gap():
    evaluation = an_evaluation(50, 1)
    assert (
        slice_quality(evaluation, {"all": np.ones(50, dtype=bool)}, samples=5).gaps["action.accuracy"] is None
    )


def test_slices_that_are_all_right_do_not_differ():
    evaluation = an_evaluation(120, 1, error=0)
    masks = {"a": np.arange(120) < 60, "b": np.arange(120) >= 60}
    gap = slice_quality(evaluation, masks, samples=20).gaps["action.accuracy"]
    assert (gap.size.value, gap.comparisons[0].p_value, gap.significant) == (0, 1, 0)


def test_sets_by_hand():
    gold = np.array([1, 1, 2, 5])
    sets = np.array([[1, 1, 0, 0, 0], [0, 1, 0, 0, 0], [0, 1, 0, 0, 0], [1, 1, 1, 1, 1]], dtype=bool)
    quality = set_quality(gold, sets, np.arange(4), samples=50)
    assert quality.coverage.value == 0.75
    assert quality.by_category[1].value == 0.5
    assert quality.by_category[1].support == 2
    assert not quality.by_category[3].defined
    assert quality.mean_size.value == 9 / 4
    assert quality.sizes == (0, 2, 1, 0, 0, 1)
    single = set_quality(gold, np.eye(5, dtype=np.bool_)[gold - 1], np.arange(len(gold)), samples=50)
    assert single.sizes == (0, len(gold), 0, 0, 0, 0), "sizes that no set has are counted, too"


def test_acceptance_by_hand():
    gold, said = np.array([1, 2, 3, 4]), np.array([1, 2, 3, 5])
    found = acceptance(gold, said, np.array([True, True, False, False]))
    assert (found.accepted.value, found.error.value, found.error_of_referred.value) == (0.5, 0, 0.5)
    assert found.error.high == pytest.approx(1 - 0.025**0.5)  # Clopper-Pearson of 0 in 2
    assert not acceptance(gold, said, np.zeros(4, dtype=bool)).error.defined


def test_a_clustered_mean_of_nothing_is_undefined():
    assert not clustered_mean(np.array([]), np.array([], dtype=int)).defined


def test_the_document_is_json_without_nan_and_merges():
    quality = measure(an_evaluation(30, 1), samples=5)
    slices = slice_quality(an_evaluation(30, 1), {"all": np.ones(30, dtype=bool)}, samples=5)
    model = {"version": "abc", "demo": True}
    tune = evaluation_document(model, {"session": {"tune": {"all": quality}}})
    test = evaluation_document(
        model, {"session": {"test": {"all": quality, "unseen": quality}}}, {"test": {"session": slices}}
    )
    text = json.dumps(tune, allow_nan=False)
    both = merge([json.loads(text), test])
    assert both["splits"]["session"].keys() == {"tune", "test"}
    figure = both["splits"]["session"]["tune"]["all"]["action"]["accuracy"]
    assert figure.keys() == {"value", "low", "high", "support"}
    assert both["slices"]["test"]["session"]["slices"]["all"]["rows"] == 30
    with pytest.raises(ValueError, match="different models: abc, xyz"):
        merge([tune, {**test, "model": {"version": "xyz"}}])
    with pytest.raises(ValueError, match="no evaluation"):
        merge([])
    with pytest.raises(ValueError, match="format"):
        merge([{**tune, "format": 2}])
