"""What turns features into an answer: forecasts, risk, reasons and suggestions."""
