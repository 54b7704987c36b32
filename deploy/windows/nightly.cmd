@echo off
rem Not tried. The night's work on Windows: C:\zero-harm\deploy\windows\nightly.cmd, started by the task that tasks.cmd makes.
setlocal
set ZERO_HARM_HOME=D:\zero-harm-store
set PYTHONUTF8=1
set worst=0
cd /d C:\zero-harm || exit /b 1
.venv\Scripts\python -m data load D:\extracts --by "nightly job" >> D:\zero-harm-logs\nightly.log 2>&1 || set worst=1
.venv\Scripts\python -m data backup E:\backups --by "nightly job" >> D:\zero-harm-logs\nightly.log 2>&1 || set worst=1
.venv\Scripts\python -m data verify >> D:\zero-harm-logs\nightly.log 2>&1 || set worst=1
exit /b %worst%
