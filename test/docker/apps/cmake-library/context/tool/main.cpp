#include <iostream>

#include "mirror.hpp"

int main(int argc, char **argv) {
  if (argc < 2) {
    std::cerr << "a word, please\n";
    return 64;
  }
  const bool yes = is_palindrome(argv[1]);
  std::cout << argv[1] << (yes ? " is the same backwards\n" : " differs backwards\n");
  return yes ? 0 : 1;
}
