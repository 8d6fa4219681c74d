package aside.meetings;

import aside.Progress;
import ai.timefold.solver.core.api.score.buildin.hardmediumsoft.HardMediumSoftScore;
import ai.timefold.solver.core.api.solver.SolutionManager;
import ai.timefold.solver.core.api.solver.SolverFactory;
import ai.timefold.solver.core.config.solver.EnvironmentMode;
import ai.timefold.solver.core.config.solver.SolverConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Solves or scores an instance: {@code RunMeetings INSTANCE SECONDS CHECKPOINT}, 0 s to score. */
public final class RunMeetings {

    private RunMeetings() {
    }

    public static void main(String[] arguments) throws IOException {
        Path checkpoint = Path.of(arguments[2]);
        long seconds = Long.parseLong(arguments[1]);
        Schedule schedule = Schedule.read(Path.of(arguments[0]));
        if (Files.exists(checkpoint)) {
            schedule.place(checkpoint);
        }
        SolverFactory<Schedule> factory = SolverFactory.create(new SolverConfig()
                .withSolutionClass(Schedule.class)
                .withEntityClasses(Assignment.class)
                .withConstraintProviderClass(MeetingRules.class)
                .withEnvironmentMode(EnvironmentMode.NO_ASSERT));
        if (seconds > 0) {
            schedule = Progress.solve(factory.buildSolver(), schedule, seconds, checkpoint, Schedule::placed);
        }
        SolutionManager<Schedule, HardMediumSoftScore> manager = SolutionManager.create(factory);
        manager.analyze(schedule).constraintMap().forEach((rule, part) ->
                System.out.println("rule " + part.score() + " " + rule.constraintName()));
        System.out.println("score " + manager.analyze(schedule).score());
    }
}
