const { long } = require('./suites.json')

module.exports = { ...require('../../.mocharc.json'), spec: long }
