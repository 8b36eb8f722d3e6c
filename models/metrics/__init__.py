"""How forecasts are judged: one metric per file, named after the file, pure functions on arrays.

Point: `mae rmse wape mase bias winsorise`. Distribution: `crps energy_score pinball_loss randomised_pit
empirical_coverage interval_width pit_chi2`. Risk: `brier log_loss auc ece`. Uncertainty of a metric:
`block_bootstrap`. Import a function from its own file: `from models.metrics.crps import crps`.
"""
