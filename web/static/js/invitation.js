/* The letter's link carries its code behind the #, which browsers send to nobody: put it into the form and send it.
   The address is cleared first, so that the code stays neither in it nor in the history. */
(() => {
  "use strict";
  const form = document.querySelector("[data-invitation]");
  const read = () => {
    const code = window.location.hash.slice(1);
    if (!form || !code) return;
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
    form.elements.code.value = code;
    form.requestSubmit();
  };
  window.addEventListener("hashchange", read);
  read();
})();
