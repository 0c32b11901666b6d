"""Asks Airflow over its own REST interface: what runs, what waits for an answer, what came out."""

from __future__ import annotations

from typing import Any

import httpx

FINAL_STATES = ("success", "failed")


class AirflowClient:
    """One user's session. Connection troubles are httpx.HTTPError."""

    def __init__(self, base_url: str, user: str, password: str) -> None:
        self._credentials = {"username": user, "password": password}
        self._http = httpx.Client(base_url=base_url, timeout=30, trust_env=False)

    def is_healthy(self) -> bool:
        """Whether the API answers, and the scheduler and the DAG processor are at work."""
        try:
            parts = self._http.get("/api/v2/monitor/health").raise_for_status().json()
        except httpx.HTTPError:
            return False
        return all(parts[name]["status"] == "healthy" for name in ("metadatabase", "scheduler", "dag_processor"))

    def login(self) -> None:
        token = self._http.post("/auth/token", json=self._credentials).raise_for_status().json()["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def has_dag(self, dag_id: str) -> bool:
        return self._http.get(f"/api/v2/dags/{dag_id}").status_code == 200

    def unpause(self, dag_id: str) -> None:
        self._http.patch(f"/api/v2/dags/{dag_id}", json={"is_paused": False}).raise_for_status()

    def run_state(self, dag_id: str, run_id: str) -> str | None:
        """The run's state, or None when there is no such run."""
        answer = self._http.get(f"/api/v2/dags/{dag_id}/dagRuns/{run_id}")
        return None if answer.status_code == 404 else answer.raise_for_status().json()["state"]

    def trigger(self, dag_id: str, run_id: str, conf: dict[str, Any]) -> None:
        body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        self._http.post(f"/api/v2/dags/{dag_id}/dagRuns", json=body).raise_for_status()

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """All task instances of a run."""
        answer = self._http.get(f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances", params={"limit": 1000})
        return answer.raise_for_status().json()["task_instances"]

    def clear_failed(self, dag_id: str, run_id: str) -> None:
        """Let the failed tasks of a run, and what hangs on them, be done again."""
        body = {"dag_run_id": run_id, "only_failed": True, "dry_run": False, "reset_dag_runs": True}
        self._http.post(f"/api/v2/dags/{dag_id}/clearTaskInstances", json=body).raise_for_status()

    def questions(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """What this run waits for a person to answer.

        A question that its task has only just asked is left for the next time: Airflow 3.3.2 was seen to lose an answer
        that came before the task had gone to sleep.
        """
        answer = self._http.get(
            f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/hitlDetails", params={"response_received": False}
        )
        details = answer.raise_for_status().json()["hitl_details"]
        return [detail for detail in details if detail["task_instance"]["state"] == "awaiting_input"]

    def answer(self, dag_id: str, run_id: str, task_id: str, option: str, comment: str) -> None:
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/-1/hitlDetails"
        body = {"chosen_options": [option], "params_input": {"comment": comment}}
        self._http.patch(path, json=body).raise_for_status()

    def result(self, dag_id: str, run_id: str, task_id: str) -> Any:
        """What a task returned."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/return_value"
        answer = self._http.get(path, params={"deserialize": True})
        return None if answer.status_code == 404 else answer.raise_for_status().json()["value"]

    def log(self, dag_id: str, run_id: str, task_id: str, try_number: int, map_index: int = -1) -> str:
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{try_number}"
        return self._http.get(path, params={"map_index": map_index}).raise_for_status().text
