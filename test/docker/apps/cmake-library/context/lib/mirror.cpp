#include "mirror.hpp"

bool is_palindrome(const std::string &word) {
  return std::string(word.rbegin(), word.rend()) == word;
}
