import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Kafka's command-line tools one after another in one virtual machine, for its start costs more than most tools' work.
 * A line of input is: class, seconds, standard input in base64, arguments in base64, all separated by blanks. The answer is what the tool
 * wrote, in base64, after "exit N": a tool that ends the process ends only its own run.
 */
public final class Tools {
    private static final class Ended extends RuntimeException {
        Ended() {
            super("ended", null, false, false);
        }
    }

    private static volatile Integer firstStatus;
    private static final List<Runnable> hooks = new CopyOnWriteArrayList<>();

    public static void main(String[] ignored) throws Exception {
        Exit.setExitProcedure(Tools::end);
        Exit.setHaltProcedure(Tools::end);
        Exit.setShutdownHookAdder((name, hook) -> hooks.add(hook));
        PrintStream console = System.out;
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        ExecutorService runner = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
        });
        console.println("ready");
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ", -1);
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
            System.setIn(new ByteArrayInputStream(decode(words[2]).getBytes(StandardCharsets.UTF_8)));
            System.setOut(out);
            System.setErr(out);
            firstStatus = null;
            hooks.clear();
            String[] arguments = Arrays.stream(words, 3, words.length).map(Tools::decode).toArray(String[]::new);
            Future<Integer> run = runner.submit(() -> {
                try {
                    return run(words[0], arguments);
                } finally {
                    // Some tools flush their producers only when the process ends.
                    System.setOut(out);
                    hooks.forEach(Runnable::run);
                }
            });
            int status;
            try {
                status = run.get(Long.parseLong(words[1]), TimeUnit.SECONDS);
            } catch (TimeoutException late) {
                Thread.getAllStackTraces().forEach((thread, stack) -> out.println(thread + " " + Arrays.toString(stack)));
                run.cancel(true);
                out.println("out of time");
                status = 124;
            }
            out.flush();
            console.println("exit " + status + " " + Base64.getEncoder().encodeToString(written.toByteArray()));
            console.flush();
        }
        Runtime.getRuntime().halt(0);
    }

    /** The first call counts: some tools catch what is thrown here and end once more, with a complaint that nobody wants to read. */
    private static void end(int status, String message) {
        if (firstStatus == null) {
            firstStatus = status;
            if (message != null) System.out.println(message);
            System.setOut(new PrintStream(OutputStream.nullOutputStream()));
            System.setErr(System.out);
        }
        throw new Ended();
    }

    private static String decode(String word) {
        return new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8);
    }

    private static int run(String tool, String[] arguments) throws Exception {
        try {
            Class.forName(tool).getMethod("main", String[].class).invoke(null, (Object) arguments);
            return firstStatus == null ? 0 : firstStatus;
        } catch (InvocationTargetException thrown) {
            if (firstStatus != null) return firstStatus;
            thrown.getCause().printStackTrace(System.out);
            return 1;
        }
    }
}
