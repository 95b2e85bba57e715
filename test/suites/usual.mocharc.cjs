const { usual, long } = require('./suites.json')

module.exports = { ...require('../../.mocharc.json'), spec: usual, ignore: long }
