"""The program around the pipeline: command line, controller, tray, doctor."""
