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

  for (const group of document.querySelectorAll('.group')) {
    for (const finding of group.querySelectorAll('.finding')) {
      const { level, check: own } = finding.dataset
      finding.hidden = !(
        levels.includes(level) &&
        (check === '' || check === own) &&
        isNamed(group)
      )
    }
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
