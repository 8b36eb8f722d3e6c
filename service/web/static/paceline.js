// Choosing a persona needs no second click where scripts run; without them the button does it.
document.querySelectorAll("form.demo select").forEach(function (select) {
  select.form.querySelector("button").hidden = true;
  select.addEventListener("change", function () { select.form.submit(); });
});

// Sliders answer while they are moved; without scripts the button below them does it.
document.querySelectorAll("form.wi").forEach(function (form) {
  var answer = form.parentNode.querySelector(".ans"), waiting = 0, last = "";
  function ask() {
    var query = new URLSearchParams(new FormData(form)).toString();
    if (query === last) { return; }
    last = query;
    fetch(form.action + "?fragment=1&" + query, { headers: { Accept: "text/html" } }).then(function (response) {
      return response.ok ? response.text() : "";
    }).then(function (html) { if (html && query === last) { answer.innerHTML = html; } });
  }
  function moved(input) {
    var value = Number(input.value);
    form.querySelector('output[for="' + input.id + '"]').value = value.toLocaleString(document.documentElement.lang);
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  }
  form.querySelector(".go").hidden = true;
  form.querySelectorAll("input[type=range]").forEach(function (input) {
    input.addEventListener("input", function () { moved(input); });
    input.parentNode.querySelectorAll("button").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        if (button.dataset.by > 0) { input.stepUp(); } else { input.stepDown(); }
        moved(input);
      });
    });
  });
  ask();
});
