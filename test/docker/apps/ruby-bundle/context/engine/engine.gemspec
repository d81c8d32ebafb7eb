Gem::Specification.new do |spec|
  spec.name = "engine"
  spec.version = "0.1.0"
  spec.summary = "Counts in C"
  spec.authors = ["Someone"]
  spec.files = Dir["lib/**/*.rb", "ext/**/*.{c,rb}"]
  spec.extensions = ["ext/engine/extconf.rb"]
end
