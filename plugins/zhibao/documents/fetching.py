"""What a page may load: the font files of its set, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhibao.documents.fonts import FontSet

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher


def font_fetcher(fonts: FontSet) -> URLFetcher:
    """A fetcher that serves `zhibao-font:<role>` and stops the render at any other address."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class FontFetcher(URLFetcher):
        """Other exceptions would be swallowed by WeasyPrint and only logged; this one is fatal."""

        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if not fonts.knows(url):
                raise FatalURLFetchingError(url)
            return URLFetcherResponse(url, fonts.bytes_of(url))

    return FontFetcher()
