/* The chosen theme, set before the first paint: a classic script in the head, so that a dark page never flashes white. */
{
  const chosen = (() => {
    try {
      return localStorage.getItem('snowline-theme')
    } catch {
      return null
    }
  })()
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
}
