"""Runs inside the system's Python, beside LibreOffice: does the jobs that come as JSON on standard input."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xls": "MS Excel 97", ".ods": "calc8", ".pdf": "calc_pdf_Export"}


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    end = time.monotonic() + 90
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def option(name, value):
    item = PropertyValue()
    item.Name, item.Value = name, value
    return item


def do(desktop, job):
    document = desktop.loadComponentFromURL(Path(job["source"]).as_uri(), "_blank", 0, (option("Hidden", True),))
    try:
        sheet = document.Sheets.getByIndex(0)
        locked = []
        for place, keys in job["typed"].items():
            cell = sheet.getCellRangeByName(place)
            if sheet.isProtected() and cell.CellProtection.IsLocked:
                locked.append(place)
            else:
                cell.FormulaLocal = keys  # as typed: LibreOffice decides by the cell's format what it becomes
        document.calculateAll()
        target = Path(job["target"])
        document.storeToURL(target.as_uri(), (option("FilterName", FILTERS[target.suffix]),))
        return locked
    finally:
        document.close(True)


desktop = connect(sys.argv[1])
print(json.dumps([do(desktop, job) for job in json.load(sys.stdin)]), flush=True)
os._exit(0)  # the bridge crashes now and then when Python takes it down
