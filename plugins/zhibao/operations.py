"""What an operator can do, as one object: the command line and the DAGs call the same methods.

Methods take and give ids, counts and words for people; data stays in the store.
"""

from __future__ import annotations

from zhibao.operating.deciding import Deciding
from zhibao.programme.load import load_programme
from zhibao.settings import Settings, load_settings
from zhibao.sources.endpoint import FindEndpoint


def open_operations(settings: Settings | None = None, find_endpoint: FindEndpoint | None = None) -> Operations:
    """The engine over the environment's settings. Loads the programme; the database is reached when first needed."""
    settings = settings or load_settings()
    return Operations(settings, load_programme(settings.programme_dir, settings.contacts_file), find_endpoint)


class Operations(Deciding):
    """One programme on one database, with all that can be done: returns, what is owed, figures, documents, sending."""
