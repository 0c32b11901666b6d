"""The command line: the same engine as the DAGs, by hand. Scripts depend on its words, JSON and exit status."""

from __future__ import annotations

import click

from zhibao import __version__
from zhibao.commands import collecting, documents, keeping, owing, queries, results, returns, setup
from zhibao.commands.base import Commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Zhibao 直报: returns in, traceable reports out."""


for command in (
    setup.programme, setup.db, setup.sample,
    collecting.sources, collecting.collect, collecting.turned_away,
    owing.status, owing.exempt, owing.reopen, keeping.purge, keeping.exports,
    returns.template, returns.check, returns.submit, returns.findings, returns.history, returns.revert,
    queries.queries, queries.explain, queries.review, returns.waive, returns.rehearse, returns.markup, returns.receipts,
    returns.remind,
    results.conflicts, results.rule, results.why, results.forecast,
    documents.compute, documents.figures, documents.what_if, documents.trace, documents.report, documents.verify,
    documents.data_docs, documents.documents,
    documents.checklist, documents.approve, documents.reject, documents.preview, documents.deliver,
    documents.resend, documents.proof,
):
    main.add_command(command)

if __name__ == "__main__":
    main()
