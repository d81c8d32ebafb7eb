package com.example.tally;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;

public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        try (InputStream banner = Main.class.getResourceAsStream("/banner.txt")) {
            System.out.print(new String(banner.readAllBytes(), StandardCharsets.UTF_8));
        }
        int sum = 0;
        for (String arg : args) {
            try {
                sum += Integer.parseInt(arg);
            } catch (NumberFormatException wrong) {
                System.err.println("not a number: " + arg);
                System.exit(4);
            }
        }
        System.out.println(sum);
    }
}
