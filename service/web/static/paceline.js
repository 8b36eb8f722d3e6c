// Choosing a persona needs no second click where scripts run; without them the button does it.
document.querySelectorAll("form.demo select").forEach(function (select) {
  select.form.querySelector("button").hidden = true;
  select.addEventListener("change", function () { select.form.submit(); });
});
