package aside.packing;

import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.domain.solution.ProblemFactProperty;
import ai.timefold.solver.core.api.score.buildin.hardmediumsoftlong.HardMediumSoftLongScore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A packing and what is chosen for each of its requests that have candidates at all. */
@PlanningSolution
public class Plan {

    @ProblemFactProperty
    private Packing packing;
    @PlanningEntityCollectionProperty
    private List<Request> requests = new ArrayList<>();
    @PlanningScore
    private HardMediumSoftLongScore score;

    public Plan() {
    }

    Plan(Packing packing) {
        this.packing = packing;
        for (int request = 0; request < packing.requests(); request++) {
            if (packing.candidates(request) > 0) {
                requests.add(new Request(request, packing));
            }
        }
    }

    Packing packing() {
        return packing;
    }

    List<Request> requests() {
        return requests;
    }

    /** Takes the choice from a file: a candidate per request of the packing, -1 where it fails. */
    void choose(Path file) throws IOException {
        String[] chosen = Files.readString(file).strip().split(" ");
        for (Request request : requests) {
            int candidate = Integer.parseInt(chosen[request.getIndex()]);
            request.setCandidate(candidate < 0 ? null : candidate);
        }
    }

    /** Says what is chosen, in the form {@link #choose} reads. */
    String chosen() {
        int[] chosen = new int[packing.requests()];
        Arrays.fill(chosen, -1);
        for (Request request : requests) {
            chosen[request.getIndex()] = request.chosen();
        }
        StringBuilder text = new StringBuilder();
        for (int candidate : chosen) {
            text.append(candidate).append(' ');
        }
        return text.toString().strip();
    }

    public HardMediumSoftLongScore getScore() {
        return score;
    }

    public void setScore(HardMediumSoftLongScore score) {
        this.score = score;
    }
}
