package aside;

import ai.timefold.solver.core.api.solver.Solver;
import ai.timefold.solver.core.api.solver.event.BestSolutionChangedEvent;
import ai.timefold.solver.core.api.solver.event.SolverEventListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Runs a solver for so many seconds of processor time, prints every better score with its
 * milliseconds, and keeps the best solution on disk.
 *
 * <p>Only the solving thread's own time counts, neither the collector's nor the compiler's nor what
 * other programs take: a busy machine is no handicap. The solution is written at most once in five
 * seconds, by renaming: whoever interrupts the run finds a whole one to go on from.
 */
public final class Progress<S> implements SolverEventListener<S> {

    private static final long BETWEEN_CHECKPOINTS = 5_000;
    private static final long BETWEEN_LOOKS = 100;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final long thread = Thread.currentThread().getId();
    private final long begun = threads.getThreadCpuTime(thread);
    private final Path checkpoint;
    private final Function<S, String> written;
    private long lastWritten;

    private Progress(Path checkpoint, Function<S, String> written) {
        this.checkpoint = checkpoint;
        this.written = written;
    }

    /** Returns the best solution found from {@code start} on. */
    public static <S> S solve(Solver<S> solver, S start, long seconds, Path checkpoint, Function<S, String> written) {
        Progress<S> progress = new Progress<>(checkpoint, written);
        ScheduledExecutorService guard = Executors.newSingleThreadScheduledExecutor();
        try {
            solver.addEventListener(progress);
            guard.scheduleAtFixedRate(() -> {
                if (progress.millis() >= TimeUnit.SECONDS.toMillis(seconds)) {
                    solver.terminateEarly();
                }
            }, BETWEEN_LOOKS, BETWEEN_LOOKS, TimeUnit.MILLISECONDS);
            S best = solver.solve(start);
            progress.write(best);
            return best;
        } finally {
            guard.shutdownNow();
        }
    }

    @Override
    public void bestSolutionChanged(BestSolutionChangedEvent<S> event) {
        long millis = millis();
        if (event.isNewBestSolutionInitialized()) {
            System.out.println("best " + millis + " " + event.getNewBestScore());
            if (millis - lastWritten >= BETWEEN_CHECKPOINTS) {
                lastWritten = millis;
                write(event.getNewBestSolution());
            }
        }
    }

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(threads.getThreadCpuTime(thread) - begun);
    }

    private void write(S solution) {
        Path fresh = checkpoint.resolveSibling(checkpoint.getFileName() + ".fresh");
        try {
            Files.writeString(fresh, written.apply(solution));
            Files.move(fresh, checkpoint, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
