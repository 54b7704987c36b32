@echo off
rem Not tried. Run once, as an administrator: it makes the task of every night, and its folders for the service account only.
schtasks /create /tn "Zero Harm night" /sc daily /st 02:30 /ru "NT SERVICE\zero-harm" /rl limited /tr "C:\zero-harm\deploy\windows\nightly.cmd"
icacls D:\zero-harm-store /inheritance:r /grant:r "NT SERVICE\zero-harm:(OI)(CI)F" "BUILTIN\Administrators:(OI)(CI)F"
icacls D:\zero-harm-logs /inheritance:r /grant:r "NT SERVICE\zero-harm:(OI)(CI)M" "BUILTIN\Administrators:(OI)(CI)F"
icacls C:\zero-harm-secrets /inheritance:r /grant:r "NT SERVICE\zero-harm:(OI)(CI)R" "BUILTIN\Administrators:(OI)(CI)F"
rem To see, to run at once, to take away:
rem   schtasks /query /tn "Zero Harm night" /v /fo list
rem   schtasks /run /tn "Zero Harm night"
rem   schtasks /delete /tn "Zero Harm night"
