#pragma once

#include <string>

bool is_palindrome(const std::string &word);
