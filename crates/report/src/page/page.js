(function () {
  "use strict";
  var root = document.documentElement;
  var all = function (query, from) { return Array.prototype.slice.call((from || document).querySelectorAll(query)); };
  var read = function (id) { try { return JSON.parse(document.getElementById(id).textContent); } catch (e) { return null; } };
  var data = read("data") || { units: {}, profiles: [] };
  var titles = read("titles") || ["", ""];
  var tip = document.getElementById("tip"), panel = document.getElementById("profile");

  // Language: ?lang=zh, then what was chosen before, then the first of the study.
  var language = function () { return root.classList.contains("show-zh") ? "zh" : "en"; };
  var speak = function (lang, keep) {
    root.classList.remove("show-en", "show-zh");
    root.classList.add("show-" + lang);
    root.lang = lang === "zh" ? "zh-CN" : "en";
    document.title = titles[lang === "zh" ? 1 : 0] || document.title;
    all("svg[data-label-" + lang + "]").forEach(function (s) { s.setAttribute("aria-label", s.getAttribute("data-label-" + lang)); });
    all("[data-lang]").forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.lang === lang)); });
    if (keep) { try { localStorage.setItem("report-language", lang); } catch (e) { /* storage may be closed */ } }
    if (pinned) { profile(pinned); }
  };

  // Pointing at a unit lights it up everywhere.
  var marks = new Map(), lit = null, pinned = null;
  all("[data-unit],[data-follow]").forEach(function (e) {
    var id = e.dataset.unit || e.dataset.follow;
    if (!marks.has(id)) { marks.set(id, []); }
    marks.get(id).push(e);
  });
  var light = function (id) {
    if (lit === id) { return; }
    (marks.get(lit) || []).forEach(function (e) { e.classList.remove("lit"); });
    lit = id;
    (marks.get(id) || []).forEach(function (e) { e.classList.add("lit"); });
    root.classList.toggle("has-lit", id !== null);
  };
  var label = function (id) { var u = data.units[id]; return u ? u[language() === "zh" ? 1 : 0] : id; };
  var node = function (name, text, className) {
    var n = document.createElement(name);
    if (text !== undefined) { n.textContent = text; }
    if (className) { n.className = className; }
    return n;
  };
  var target = function (e) {
    return e.target.closest ? e.target.closest("[data-unit],[data-follow],.mark[data-en]") : null;
  };
  var show = function (mark, x, y) {
    var id = mark.dataset.unit || mark.dataset.follow;
    var words = (language() === "zh" && mark.dataset.zh) || mark.dataset.en;
    tip.textContent = "";
    if (id) { tip.appendChild(node("b", label(id))); }
    if (words) { tip.appendChild(node("span", words)); }
    tip.hidden = mark.tagName === "TH" || !(id || words);
    var w = tip.offsetWidth, h = tip.offsetHeight;
    tip.style.left = Math.max(8, Math.min(x + 14, innerWidth - w - 8)) + "px";
    tip.style.top = (y + 18 + h > innerHeight ? Math.max(8, y - h - 12) : y + 18) + "px";
  };
  document.addEventListener("pointermove", function (e) {
    var mark = target(e);
    if (!mark) { tip.hidden = true; light(pinned); return; }
    var id = mark.dataset.unit || mark.dataset.follow;
    if (id) { light(id); }
    show(mark, e.clientX, e.clientY);
  });
  document.addEventListener("focusin", function (e) {
    var mark = target(e);
    if (!mark) { return; }
    var box = mark.getBoundingClientRect();
    light(mark.dataset.unit || mark.dataset.follow || null);
    show(mark, box.left + box.width / 2, box.top + box.height / 2);
  });
  document.addEventListener("focusout", function () { tip.hidden = true; light(pinned); });
  document.addEventListener("scroll", function () { tip.hidden = true; }, { passive: true });
  var pin = function (id) {
    pinned = id;
    light(id);
    profile(id);
  };
  document.addEventListener("click", function (e) {
    var mark = target(e), id = mark && (mark.dataset.unit || mark.dataset.follow);
    if (id) { pin(pinned === id ? null : id); show(mark, e.clientX, e.clientY); }
  });
  document.addEventListener("keydown", function (e) {
    var mark = document.activeElement && document.activeElement.closest(".u");
    if (e.key === "Escape") { pin(null); tip.hidden = true; }
    if (e.key === "Enter" && mark) { pin(pinned === mark.dataset.unit ? null : mark.dataset.unit); }
  });

  // The profile of the pinned unit: its values against the median.
  function profile(id) {
    panel.textContent = "";
    var i = language() === "zh" ? 1 : 0;
    var found = id === null ? [] : data.profiles.filter(function (p) { return p.rows[id]; });
    panel.hidden = found.length === 0;
    if (panel.hidden) { return; }
    var close = node("button", "×", "x");
    close.type = "button";
    close.setAttribute("aria-label", i ? "关闭" : "Close");
    close.addEventListener("click", function () { pin(null); });
    panel.appendChild(close);
    panel.appendChild(node("h5", label(id)));
    found.forEach(function (p) {
      panel.appendChild(node("h6", p.title[i]));
      var low = Math.min(p.low, 0), span = (p.high - low) || 1;
      p.rows[id].forEach(function (cell, c) {
        var row = node("div", undefined, "row"), track = node("span", undefined, "track");
        row.appendChild(node("span", p.columns[c][i]));
        if (cell[0] !== null) {
          var bar = node("i");
          bar.style.left = 100 * (Math.min(cell[0], 0) - low) / span + "%";
          bar.style.width = 100 * Math.abs(cell[0]) / span + "%";
          track.appendChild(bar);
        }
        if (p.median[c] !== null) {
          var tick = node("u");
          tick.style.left = 100 * (p.median[c] - low) / span + "%";
          track.appendChild(tick);
        }
        row.appendChild(track);
        row.appendChild(node("span", cell[1]));
        panel.appendChild(row);
      });
    });
    panel.appendChild(node("p", i ? "竖线为中位数；按 Esc 关闭" : "Upright mark: median. Esc closes.", "key"));
  }

  // Periods of a tile map.
  all(".slide input").forEach(function (input) {
    var figure = input.closest("figure"), labels = JSON.parse(input.dataset.labels);
    var cells = all("[data-frames]", figure).map(function (g) { return [g, JSON.parse(g.dataset.frames)]; });
    var set = function () {
      var k = Number(input.value);
      input.setAttribute("aria-valuetext", labels[k]);
      all(".frame", figure.querySelector("svg")).forEach(function (t) { t.textContent = labels[k]; });
      cells.forEach(function (pair) {
        var f = pair[1][k];
        pair[0].querySelector("rect").setAttribute("fill", f[0]);
        all("text", pair[0]).forEach(function (t) { t.style.fill = f[1]; });
        var value = pair[0].querySelector(".value");
        if (value) { value.textContent = f[2]; }
        pair[0].dataset.en = f[3];
        pair[0].dataset.zh = f[4] || f[3];
      });
    };
    input.addEventListener("input", set);
  });

  // Tables: sorting, folding, saving.
  var words = function (cell) {
    var other = language() === "zh" ? ".en" : ".zh", copy = cell.cloneNode(true);
    all(other, copy).forEach(function (e) { e.remove(); });
    return copy.textContent.trim();
  };
  var value = function (row, c, numeric) {
    var cell = row.cells[c];
    if (!numeric) { return words(cell); }
    var s = cell.dataset.s !== undefined ? cell.dataset.s : cell.textContent.replace("−", "-").replace("×10", "e").replace(/[⁰¹²³⁴-⁹⁻]/g, function (d) { return "0123456789-"["⁰¹²³⁴⁵⁶⁷⁸⁹⁻".indexOf(d)]; });
    s = s.replace(/\u2009/g, "");
    return s !== "" && isFinite(Number(s)) ? Number(s) : null;
  };
  all("th button").forEach(function (button) {
    button.addEventListener("click", function () {
      var th = button.parentNode, c = th.cellIndex, numeric = th.classList.contains("n");
      var body = th.closest("table").tBodies[0];
      var state = th.getAttribute("aria-sort");
      var down = state === "none" || !state ? numeric : state === "ascending";
      all("th", th.parentNode).forEach(function (h) { h.setAttribute("aria-sort", "none"); });
      th.setAttribute("aria-sort", down ? "descending" : "ascending");
      var rows = all("tr", body).map(function (r, i) { return [value(r, c, numeric), i, r]; });
      rows.sort(function (a, b) {
        if (a[0] === null || b[0] === null) { return (a[0] === null) - (b[0] === null) || a[1] - b[1]; }
        var order = numeric ? a[0] - b[0] : a[0].localeCompare(b[0], language() === "zh" ? "zh-CN" : "en");
        return (down ? -order : order) || a[1] - b[1];
      });
      rows.forEach(function (r) { body.appendChild(r[2]); });
    });
  });
  all(".fold").forEach(function (button) {
    button.addEventListener("click", function () {
      var shut = button.closest(".tab").classList.toggle("folded");
      button.setAttribute("aria-expanded", String(!shut));
    });
  });
  var save = function (text, type, name) {
    var link = node("a");
    link.href = URL.createObjectURL(new Blob([text], { type: type }));
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  };
  var quote = function (s) { return /[",\n\r]/.test(s) ? "\"" + s.replace(/"/g, "\"\"") + "\"" : s; };
  all(".csv").forEach(function (button) {
    button.addEventListener("click", function () {
      var box = button.closest(".tab"), table = box.querySelector("table");
      var lines = [all("thead th", table).map(function (h) { return quote(h.dataset.name || words(h)); })];
      all("tbody tr", table).forEach(function (r) {
        lines.push(Array.prototype.map.call(r.cells, function (c) { return quote(c.dataset.s !== undefined ? c.dataset.s : words(c)); }));
      });
      save("\ufeff" + lines.map(function (l) { return l.join(","); }).join("\r\n") + "\r\n", "text/csv;charset=utf-8", box.dataset.file || "table.csv");
    });
  });
  all("button.svg").forEach(function (button) {
    button.addEventListener("click", function () {
      var figure = button.closest("figure"), svg = figure.querySelector("svg.chart"), copy = svg.cloneNode(true);
      all((language() === "zh" ? ".en" : ".zh") + ",.quiet", copy).forEach(function (e) { e.remove(); });
      all(".lit", copy).forEach(function (e) { e.classList.remove("lit"); });
      all("[data-frames]", copy).forEach(function (e) { e.removeAttribute("data-frames"); });
      var style = document.createElementNS(svg.namespaceURI, "style");
      style.textContent = document.getElementById("figure-style").textContent;
      copy.insertBefore(style, copy.firstChild);
      copy.setAttribute("width", svg.viewBox.baseVal.width);
      copy.setAttribute("height", svg.viewBox.baseVal.height);
      save(new XMLSerializer().serializeToString(copy), "image/svg+xml", figure.dataset.file || "figure.svg");
    });
  });

  // Where the reader is.
  var links = all(".toc a");
  if ("IntersectionObserver" in window) {
    var watcher = new IntersectionObserver(function (entries) {
      entries.forEach(function (e) {
        if (e.isIntersecting) {
          links.forEach(function (a) { a.classList.toggle("on", a.getAttribute("href") === "#" + e.target.id); });
        }
      });
    }, { rootMargin: "-15% 0px -75% 0px" });
    links.forEach(function (a) {
      var part = document.getElementById(a.getAttribute("href").slice(1));
      if (part) { watcher.observe(part); }
    });
  }
  // On paper everything is open.
  var opened = [];
  addEventListener("beforeprint", function () {
    opened = all("details:not([open])");
    opened.forEach(function (d) { d.open = true; });
  });
  addEventListener("afterprint", function () { opened.forEach(function (d) { d.open = false; }); });

  var wanted = (/[?&#]lang=(en|zh)/.exec(location.search + location.hash) || [])[1];
  if (!wanted) { try { wanted = localStorage.getItem("report-language"); } catch (e) { wanted = null; } }
  var buttons = all("[data-lang]");
  buttons.forEach(function (b) { b.addEventListener("click", function () { speak(b.dataset.lang, true); }); });
  speak(buttons.length && (wanted === "en" || wanted === "zh") ? wanted : language(), false);
})();
