<?php

namespace Example\Pages;

use Example\Slug\Slug;

final class Page
{
    public function __construct(private string $title) {}

    public function address(): string
    {
        return '/' . Slug::of($this->title);
    }
}
