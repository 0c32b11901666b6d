"""Several documents at once: in order, in other processes, and an error arrives as it was raised."""

from __future__ import annotations

import os
import pickle

import pytest

from zhibao.documents.processes import in_processes
from zhibao.errors import ConfigurationError, OperatorError, Problem, RefusedError, ZhibaoError
from zhibao.sources.model import SourceRefusedError

ERRORS = [
    OperatorError("缺少字体", "a font is missing"),
    RefusedError("不可以", "it may not be"),
    ConfigurationError([Problem("programme.yaml", 3, "unknown")]),
    SourceRefusedError("mail", "口令不对", "the password is wrong"),
]


def test_what_is_made_comes_in_order_from_other_processes() -> None:
    made = list(in_processes(lambda place: (place, os.getpid()), range(40)))
    assert [place for place, _ in made] == list(range(40))
    assert os.getpid() not in {process for _, process in made}


def test_an_error_ends_it_with_both_texts() -> None:
    def fail(place: int) -> int:
        if place == 3:
            raise ERRORS[0]
        return place

    with pytest.raises(OperatorError) as caught:
        list(in_processes(fail, range(6)))
    assert (caught.value.text.zh, caught.value.text.en) == ("缺少字体", "a font is missing")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_kind_of_error_crosses_processes(error: ZhibaoError) -> None:
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is type(error)
    assert (other.text, str(other), other.exit_status) == (error.text, str(error), error.exit_status)
