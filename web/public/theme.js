// Before the first paint, so that a chosen theme never flashes. A file of its own: the page's policy allows no inline script.
try {
  const theme = localStorage.getItem('treeline.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's theme holds.
}
