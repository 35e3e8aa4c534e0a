"""What a release's card says of the classifier of repeated recommendations."""

from pipeline.release.files.card import pairs_sentence
from pipeline.release.files.edition import threads_facts


def test_the_card_says_how_often_links_are_right():
    said = pairs_sentence(threads_facts()["measured"])
    links = threads_facts()["measured"]["links"]
    near, same = links["same or near"]["precision"], links["same"]["precision"]
    assert f"a precision of {near['value']:.3f} ({near['low']:.3f} to {near['high']:.3f})" in said
    assert f"same with a precision of {same['value']:.3f}" in said
    assert "nothing is known of how far two people agree" in said


def test_the_card_of_an_earlier_release_says_where_its_figures_stand():
    assert "release.json" in pairs_sentence({"same or near": {}, "same": {}, "links": {}})
