# See README.md. Targets with a line of help are the ones meant for people.
SHELL := /bin/bash
unexport PYTHONDONTWRITEBYTECODE
