FROM gcc:12
WORKDIR /usr/src/app
COPY . .
RUN apt-get update && apt-get install -y cmake && mkdir build && cd build && cmake .. -DCMAKE_INSTALL_PREFIX=/opt/palindromes && make -j2 && make install && cd .. && rm -rf build
ENV PATH=/opt/palindromes/bin:$PATH LD_LIBRARY_PATH=/opt/palindromes/lib
ENTRYPOINT ["palindrome"]
