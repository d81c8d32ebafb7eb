<?php
echo sorted($argv[1] ?? '{"b": 1, "a": [2, 1]}'), "\n";
