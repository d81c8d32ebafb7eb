require "mkmf"

create_makefile "engine/engine"
