const semver = require("semver");

exports.next = (version) => semver.inc(version, "minor");
