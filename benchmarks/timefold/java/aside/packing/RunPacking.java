package aside.packing;

import aside.Progress;
import ai.timefold.solver.core.api.score.buildin.hardmediumsoftlong.HardMediumSoftLongScore;
import ai.timefold.solver.core.api.solver.SolutionManager;
import ai.timefold.solver.core.api.solver.SolverFactory;
import ai.timefold.solver.core.config.constructionheuristic.ConstructionHeuristicPhaseConfig;
import ai.timefold.solver.core.config.constructionheuristic.ConstructionHeuristicType;
import ai.timefold.solver.core.config.heuristic.selector.move.composite.UnionMoveSelectorConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.factory.MoveIteratorFactoryConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.generic.ChangeMoveSelectorConfig;
import ai.timefold.solver.core.config.localsearch.LocalSearchPhaseConfig;
import ai.timefold.solver.core.config.localsearch.LocalSearchType;
import ai.timefold.solver.core.config.score.director.ScoreDirectorFactoryConfig;
import ai.timefold.solver.core.config.solver.EnvironmentMode;
import ai.timefold.solver.core.config.solver.SolverConfig;
import ai.timefold.solver.core.config.solver.termination.TerminationConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Solves a packing: {@code RunPacking PACKING SECONDS CHECKPOINT SEARCH TARGET}.
 *
 * <p>SEARCH is late (late acceptance over single changes, the solver's own default), exchange (the
 * same with {@link Exchange} beside the changes), climbing (hill climbing over both) or
 * tabu. It stops at the score TARGET, which may be {@code none}; 0 seconds only score the checkpoint.
 */
public final class RunPacking {

    private RunPacking() {
    }

    public static void main(String[] arguments) throws IOException {
        long seconds = Long.parseLong(arguments[1]);
        Path checkpoint = Path.of(arguments[2]);
        Plan plan = new Plan(new Packing(Path.of(arguments[0])));
        if (Files.exists(checkpoint)) {
            plan.choose(checkpoint);
        }
        SolverFactory<Plan> factory = SolverFactory.create(config(arguments[3])
                .withTerminationConfig(termination(arguments[4])));
        if (seconds > 0) {
            plan = Progress.solve(factory.buildSolver(), plan, seconds, checkpoint, Plan::chosen);
        }
        SolutionManager<Plan, HardMediumSoftLongScore> manager = SolutionManager.create(factory);
        System.out.println("score " + manager.update(plan));
    }

    private static TerminationConfig termination(String target) {
        TerminationConfig never = new TerminationConfig();
        return target.equals("none") ? never : never.withBestScoreLimit(target);
    }

    private static SolverConfig config(String search) {
        return new SolverConfig()
                .withSolutionClass(Plan.class)
                .withEntityClasses(Request.class)
                .withScoreDirectorFactory(new ScoreDirectorFactoryConfig()
                        .withIncrementalScoreCalculatorClass(PackingScore.class))
                .withEnvironmentMode(EnvironmentMode.NO_ASSERT)
                .withPhases(
                        new ConstructionHeuristicPhaseConfig()
                                .withConstructionHeuristicType(ConstructionHeuristicType.FIRST_FIT_DECREASING),
                        localSearch(search));
    }

    private static LocalSearchPhaseConfig localSearch(String search) {
        ChangeMoveSelectorConfig changes = new ChangeMoveSelectorConfig();
        UnionMoveSelectorConfig both = new UnionMoveSelectorConfig().withMoveSelectors(changes,
                new MoveIteratorFactoryConfig().withMoveIteratorFactoryClass(Exchange.class));
        LocalSearchPhaseConfig phase = new LocalSearchPhaseConfig();
        return switch (search) {
            case "late" -> phase.withLocalSearchType(LocalSearchType.LATE_ACCEPTANCE).withMoveSelectorConfig(changes);
            case "exchange" -> phase.withLocalSearchType(LocalSearchType.LATE_ACCEPTANCE).withMoveSelectorConfig(both);
            case "tabu" -> phase.withLocalSearchType(LocalSearchType.TABU_SEARCH).withMoveSelectorConfig(both);
            case "climbing" -> phase.withLocalSearchType(LocalSearchType.HILL_CLIMBING).withMoveSelectorConfig(both);
            default -> throw new IllegalArgumentException("no search called " + search);
        };
    }
}
