"use strict";
/* Shows one year of the comparisons at a time; without scripts all years stand one below the other. */
(() => {
  const select = document.getElementById("year");
  if (!select) return;
  const years = [...document.querySelectorAll(".year")];
  const show = () => years.forEach((one) => { one.hidden = one.dataset.year !== select.value; });
  const asked = ITA.asked().get("year");
  if (years.some((one) => one.dataset.year === asked)) select.value = asked;
  select.form.addEventListener("submit", (event) => event.preventDefault());
  select.addEventListener("change", () => { ITA.remember({ year: select.value }); show(); });
  show();
})();
