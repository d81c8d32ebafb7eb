require "engine/engine"
