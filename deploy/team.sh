#!/usr/bin/env bash
# Lets DVC work with Git in this clone. The repository itself is valid for any corpus and so has no lock of one; a team
# has one corpus, and commits which data gave which results. May be run again: it changes nothing then.
set -euo pipefail
cd "$(git rev-parse --show-toplevel)"
dvc config core.no_scm false
# The lock, and the small results that DVC leaves to Git, are no longer ignored.
sed -i -e '/^dvc\.lock$/d' -e '/^\/reports\/$/d' .gitignore
mkdir -p data/raw data/raw-reports reports
echo 'Commit this: git add .gitignore .dvc/config && git commit -m "Version data and results with DVC"'
echo 'Then, for each state of the data: make raw, dvc add data/raw data/raw-reports, dvc repro, git add and git commit.'
