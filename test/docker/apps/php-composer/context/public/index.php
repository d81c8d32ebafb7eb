<?php

require __DIR__ . '/../vendor/autoload.php';

header('Content-Type: text/plain; charset=utf-8');
echo (new Example\Pages\Page($_GET['title'] ?? 'Start'))->address(), "\n", getcwd(), "\n";
