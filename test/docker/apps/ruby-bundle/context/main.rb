require "engine"

number = Integer(ARGV.fetch(0))
abort "no negative numbers" if number.negative?
puts Engine.factorial(number)
puts File.read(File.join(__dir__, "note.txt"))
