"""Who approves in the year: a person at Airflow's *Required actions*, asked while a report is made."""

from __future__ import annotations

import threading
from typing import Any

import httpx

from airflow_client import AirflowClient
from airflow_settings import USER, load_secrets
from processes import ServiceError, wait_until
from services import Services
from year_boxes import period_in

API_SECONDS, POLL_SECONDS = 180, 0.5
REASON = "年度演示：已与填报单位核实。"


class Approver:
    """A person at Airflow's *Required actions*, by its REST interface: says yes; to some, as told, no first."""

    def __init__(self, services: Services, first_rejected: set[str]) -> None:
        self.client = AirflowClient(services.url, USER, load_secrets(services.state).password)
        if not wait_until(self._is_there, API_SECONDS, poll=0.5, watch=services.check):
            raise ServiceError(f"Airflow 接口未就绪 / Airflow's API does not answer：{services.processes.logs}")
        self.first_rejected, self.stopped, self.is_asked = set(first_rejected), threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._answer, daemon=True)

    def __enter__(self) -> Approver:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stopped.set()
        self.thread.join()

    def _is_there(self) -> bool:
        try:
            self.client.login()
        except httpx.HTTPError:
            return False
        return True

    def _answer(self) -> None:
        while not self.stopped.wait(POLL_SECONDS):
            for question in self.client.questions("~", "~") if self.is_asked.is_set() else ():
                self._decide(question)

    def _decide(self, question: dict[str, Any]) -> None:
        task, period = question["task_instance"], period_in(question["subject"])
        option = "Reject" if period in self.first_rejected else "Approve"
        self.first_rejected.discard(period)
        self.client.answer(task["dag_id"], task["dag_run_id"], task["task_id"], option, REASON)
