package aside.packing;

import ai.timefold.solver.core.api.score.buildin.hardmediumsoftlong.HardMediumSoftLongScore;
import ai.timefold.solver.core.api.score.calculator.IncrementalScoreCalculator;
import java.util.Arrays;

/**
 * Scores a plan by what changed: hard is what is taken beyond rows and floors and pairs not apart,
 * medium who fails, soft the cost in millionths of a contact. The same whole-number arithmetic as
 * the optimiser's own.
 */
public class PackingScore implements IncrementalScoreCalculator<Plan, HardMediumSoftLongScore> {

    /** What a failed request of each tier weighs: a mandatory one more than any number of the next. */
    private static final long[] FAILED = {1_000_000_000_000L, 1_000_000L, 1L};

    private Packing packing;
    private int[] chosen;
    private int[] load;
    private int[] left;
    private long hard;
    private long medium;
    private long soft;

    @Override
    public void resetWorkingSolution(Plan plan) {
        packing = plan.packing();
        chosen = new int[packing.requests()];
        Arrays.fill(chosen, -1);
        load = packing.removed.clone();
        left = packing.capacity.clone();
        hard = 0;
        medium = 0;
        soft = 0;
        for (int request = 0; request < chosen.length; request++) {
            medium -= FAILED[packing.tier[request]];
        }
        plan.requests().forEach(request -> seat(request.getIndex(), request.chosen()));
    }

    @Override
    public void beforeEntityAdded(Object entity) {
    }

    @Override
    public void afterEntityAdded(Object entity) {
        seat(((Request) entity).getIndex(), ((Request) entity).chosen());
    }

    @Override
    public void beforeVariableChanged(Object entity, String variable) {
        unseat(((Request) entity).getIndex());
    }

    @Override
    public void afterVariableChanged(Object entity, String variable) {
        seat(((Request) entity).getIndex(), ((Request) entity).chosen());
    }

    @Override
    public void beforeEntityRemoved(Object entity) {
        unseat(((Request) entity).getIndex());
    }

    @Override
    public void afterEntityRemoved(Object entity) {
    }

    @Override
    public HardMediumSoftLongScore calculateScore() {
        return HardMediumSoftLongScore.of(hard, medium, soft);
    }

    private void seat(int request, int candidate) {
        if (candidate >= 0) {
            medium += FAILED[packing.tier[request]];
            hard -= unpaired(request, candidate);
            shift(candidate, 1);
            chosen[request] = candidate;
        }
    }

    private void unseat(int request) {
        int candidate = chosen[request];
        if (candidate >= 0) {
            chosen[request] = -1;
            medium -= FAILED[packing.tier[request]];
            hard += unpaired(request, candidate);
            shift(candidate, -1);
        }
    }

    private int unpaired(int request, int candidate) {
        int broken = 0;
        for (int entry = packing.pairFirst[request]; entry < packing.pairFirst[request + 1]; entry++) {
            int other = chosen[packing.pair[entry]];
            if (other >= 0 && !packing.apart(entry, candidate, other)) {
                broken++;
            }
        }
        return broken;
    }

    private void shift(int candidate, int sign) {
        for (int entry = packing.rowFirst[candidate]; entry < packing.rowFirst[candidate + 1]; entry++) {
            int row = packing.row[entry];
            hard -= Math.min(left[row], 0);
            left[row] -= sign * packing.takes[entry];
            hard += Math.min(left[row], 0);
        }
        for (int entry = packing.cellFirst[candidate]; entry < packing.cellFirst[candidate + 1]; entry++) {
            int cell = packing.cell[entry];
            int most = Math.max(packing.most[cell], packing.removed[cell]);
            hard += Math.max(load[cell] - most, 0);
            soft += packing.cost(cell, load[cell]);
            load[cell] += sign * packing.units[entry];
            soft -= packing.cost(cell, load[cell]);
            hard -= Math.max(load[cell] - most, 0);
        }
    }
}
