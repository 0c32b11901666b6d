"""Commands about queries: what is asked, what was answered, and what a person made of it."""

from __future__ import annotations

from dataclasses import asdict

import click

from zhibao.commands.base import FOUND, as_json, by, engine
from zhibao.errors import RefusedError
from zhibao.output import emit
from zhibao.settings import load_settings


@click.command()
@as_json
def queries(json_: bool) -> int:
    """What was asked of the returns that stand and has no accepted explanation yet."""
    from zhibao.explanations import STATES, OpenQuery, open_queries

    operations, language = engine(), load_settings().language

    def line(item: OpenQuery) -> str:
        unit = operations.programme.unit(item.unit).name.in_(language)
        form = operations.programme.forms[item.form].name.in_(language)
        words = [f"{item.submission_id}\t{item.period}\t{unit}\t{form}\t{item.code}\t{item.count}项"
                 f"\t{STATES[item.state].in_(language)}"]
        if item.months > 1:
            words.append(f"连续第{item.months}期")
        words += [f"“{text}”" for text in item.texts]
        if item.offered:
            words.append(f"上次认可的说明：“{item.offered}”")
        return "\t".join(words)

    with operations.connection() as connection:
        found = open_queries(connection, operations.programme)
    emit([asdict(item) for item in found], json_, "\n".join(map(line, found)) or "没有待说明的核实性问题")
    return FOUND if found else 0


@click.command()
@click.argument("submission", type=int, required=False)
@click.option("--rule", help="The finding code that is explained (default: all open ones).")
@click.option("--all-open", is_flag=True, help="Explain every open query of every return that stands.")
@click.option("--text", help="The written explanation.")
@click.option("--again", is_flag=True, help="The explanation of the same rule and unit that was accepted last.")
@by
@as_json
def explain(
    submission: int | None, rule: str | None, all_open: bool, text: str | None, again: bool, actor: str, json_: bool
) -> None:
    """Answer the queries of a submission in writing; whoever does vouches for the answer, and it is kept."""
    from zhibao.explanations import explain as answer
    from zhibao.explanations import offered_to, open_queries

    if (submission is None) != all_open:
        raise click.UsageError("give a SUBMISSION or --all-open")
    if (text is None) != again:
        raise click.UsageError("give --text or --again")
    operations = engine()
    with operations.connection() as connection:
        pairs = [
            (item.submission_id, item.code) for item in open_queries(connection, operations.programme)
            if all_open or (item.submission_id == submission and rule in (None, item.code))
        ]
        if submission is not None and rule is not None:
            pairs = [(submission, rule)]
        for number, code in pairs:
            said = text if text is not None else offered_to(connection, operations.programme, number).get(code)
            if said is None:
                raise RefusedError(
                    f"规则 {code} 此前没有获认可的说明", f"no explanation of rule {code} was accepted before"
                )
            answer(connection, operations.programme, number, code, said, actor)
    emit([{"submission": number, "code": code} for number, code in pairs], json_, f"已说明 {len(pairs)} 项")


@click.command()
@click.argument("submission", type=int)
@click.option("--rule", required=True, help="The finding code whose explanations are decided on.")
@click.option("--accept/--reject", "is_accepted", default=None, help="What is decided.")
@click.option("--reason", help="Why; a rejection needs it, and the office reads it.")
@by
@as_json
def review(
    submission: int, rule: str, is_accepted: bool | None, reason: str | None, actor: str, json_: bool
) -> None:
    """Accept or reject what an office wrote in answer to a query."""
    from zhibao.explanations import review as decide

    if is_accepted is None:
        raise click.UsageError("give --accept or --reject")
    operations, decision = engine(), "accept" if is_accepted else "reject"
    with operations.connection() as connection:
        count = decide(connection, operations.programme, submission, rule, decision, actor, reason)
    word = "认可" if is_accepted else "未予认可"
    emit({"submission": submission, "code": rule, "decision": decision, "explanations": count}, json_,
         f"报送 {submission} 规则 {rule} 的 {count} 项说明已{word}")
