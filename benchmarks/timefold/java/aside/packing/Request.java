package aside.packing;

import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.lookup.PlanningId;
import ai.timefold.solver.core.api.domain.valuerange.CountableValueRange;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeFactory;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.domain.variable.PlanningVariable;
import java.util.Comparator;

/** A request and the number of its candidate, null where it fails. */
@PlanningEntity(difficultyComparatorClass = Request.Hardness.class)
public class Request {

    @PlanningId
    private int index;
    private int tier;
    private CountableValueRange<Integer> range;

    @PlanningVariable(allowsUnassigned = true)
    private Integer candidate;

    public Request() {
    }

    Request(int index, Packing packing) {
        this.index = index;
        this.tier = packing.tier[index];
        this.range = ValueRangeFactory.createIntValueRange(packing.first[index], packing.first[index + 1]);
    }

    @ValueRangeProvider
    public CountableValueRange<Integer> getRange() {
        return range;
    }

    public int getIndex() {
        return index;
    }

    public Integer getCandidate() {
        return candidate;
    }

    public void setCandidate(Integer candidate) {
        this.candidate = candidate;
    }

    int chosen() {
        return candidate == null ? -1 : candidate;
    }

    /** Whoever has fewer candidates is harder, within a tier; the solver takes the hardest first. */
    public static final class Hardness implements Comparator<Request> {

        private static final Comparator<Request> ORDER = Comparator
                .comparing((Request request) -> -request.tier)
                .thenComparing(request -> -request.range.getSize())
                .thenComparing(request -> -request.index);

        @Override
        public int compare(Request one, Request other) {
            return ORDER.compare(one, other);
        }
    }
}
