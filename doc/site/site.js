// Finds names: type, go up and down, press Enter. `names.js` sets curfewNames to [name, kind, address] each.
"use strict";
(() => {
  // On a narrow screen the list of pages comes before the text.
  if (matchMedia("(max-width: 54rem)").matches) document.querySelector(".side details").open = false;

  const field = document.getElementById("search");
  const list = document.getElementById("found");
  let chosen = -1;

  const rank = (name, wanted) => {
    const at = name.toLowerCase().indexOf(wanted);
    if (at < 0) return -1;
    const last = Math.max(name.lastIndexOf("::") + 2, 0);
    return (name.slice(last).toLowerCase().startsWith(wanted) ? 0 : at === 0 ? 100 : 200) + name.length;
  };

  const show = () => {
    const wanted = field.value.trim().toLowerCase();
    const found = wanted === "" ? [] : curfewNames
      .map((entry) => [rank(entry[0], wanted), entry])
      .filter((ranked) => ranked[0] >= 0)
      .sort((a, b) => a[0] - b[0])
      .slice(0, 12);
    list.replaceChildren(...found.map(([, [name, kind, address]]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const what = document.createElement("small");
      link.href = address;
      link.textContent = name;
      what.textContent = kind;
      link.append(what);
      item.append(link);
      return item;
    }));
    chosen = -1;
    list.hidden = found.length === 0;
  };

  const choose = (step) => {
    const links = list.querySelectorAll("a");
    if (links.length === 0) return;
    chosen = (chosen + step + links.length) % links.length;
    links.forEach((link, at) => link.classList.toggle("chosen", at === chosen));
  };

  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Enter") list.querySelectorAll("a")[Math.max(chosen, 0)]?.click();
    else if (event.key === "Escape") { field.value = ""; show(); field.blur(); }
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", () => { list.hidden = true; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.matches("input, textarea")) return;
    event.preventDefault();
    field.focus();
  });
})();
