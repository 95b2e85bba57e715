// Runs in the page that `audit --format html` writes, and finds everything there by its attributes.
const form = document.querySelector('#filters')
const count = document.querySelector('#count')
const findings = [...document.querySelectorAll('.finding')]
const said = count.textContent

function apply() {
  const data = new FormData(form)
  const levels = data.getAll('level')
  const [check, part] = [data.get('check'), data.get('object').trim().toLowerCase()]
  const isNamed = ({ dataset }) => dataset.object.toLowerCase().includes(part)
  const isChosen = (finding) =>
    levels.includes(finding.dataset.level) &&
    (check === '' || check === finding.dataset.check) &&
    isNamed(finding)

  for (const group of document.querySelectorAll('.group')) {
    for (const finding of group.querySelectorAll('.finding')) finding.hidden = !isChosen(finding)
    group.hidden = !group.querySelector('.finding:not([hidden])')
  }
  const isolated = new Map()
  for (const row of document.querySelectorAll('tr[data-object]')) {
    isolated.set(row.dataset.object, row.dataset.isolated === 'true')
  }
  const isOpen = (object) => !data.has('open') || isolated.get(object) === false
  for (const item of document.querySelectorAll('tr[data-object], details[data-object]')) {
    item.hidden = !(isNamed(item) && isOpen(item.dataset.object))
  }
  const shown = findings.filter((finding) => !finding.hidden).length
  count.textContent = shown === findings.length ? said : `${shown} of ${findings.length} shown.`
}

form.addEventListener('input', apply)
form.addEventListener('submit', (event) => event.preventDefault())
// The fields are as they were only after the event.
form.addEventListener('reset', () => setTimeout(apply))
form.hidden = false
// The browser may have kept what was chosen before a reload.
apply()

for (const fix of document.querySelectorAll('.fix')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy'
  button.textContent = 'Copy'
  const { check, object } = fix.closest('.finding').dataset
  button.setAttribute('aria-label', `Copy the fix of ${check} for ${object}`)
  button.addEventListener('click', () => copy(fix.querySelector('code'), button))
  fix.querySelector('figcaption').append(button)
}

async function copy(code, button) {
  getSelection().selectAllChildren(code)
  // A browser may refuse the clipboard to a file: then the text is selected, and a key copies it.
  const isCopied = await navigator.clipboard?.writeText(code.textContent).then(
    () => true,
    () => document.execCommand('copy'),
  )
  if (isCopied) getSelection().removeAllRanges()
  button.textContent = isCopied ? 'Copied' : 'Selected'
  setTimeout(() => {
    button.textContent = 'Copy'
  }, 2000)
}

// A link from outside may lead to a finding that is folded or filtered.
function unfold() {
  const target = document.getElementById(location.hash.slice(1))
  for (let at = target; at; at = at.parentElement) if (at.localName === 'details') at.open = true
}
addEventListener('hashchange', unfold)
unfold()
