package aside.packing;

import ai.timefold.solver.core.api.score.director.ScoreDirector;
import ai.timefold.solver.core.impl.heuristic.move.AbstractMove;
import ai.timefold.solver.core.impl.heuristic.selector.move.factory.MoveIteratorFactory;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;

/** Two requests of one facilitator in each other's slot, which no change of one alone can reach. */
public class Exchange implements MoveIteratorFactory<Plan, Exchange.Move> {

    private static final int ATTEMPTS = 50;

    @Override
    public long getSize(ScoreDirector<Plan> director) {
        return director.getWorkingSolution().requests().size();
    }

    @Override
    public Iterator<Move> createOriginalMoveIterator(ScoreDirector<Plan> director) {
        return Collections.emptyIterator();
    }

    @Override
    public Iterator<Move> createRandomMoveIterator(ScoreDirector<Plan> director, Random random) {
        Plan plan = director.getWorkingSolution();
        Map<Integer, Request> byIndex = new HashMap<>();
        plan.requests().forEach(request -> byIndex.put(request.getIndex(), request));
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !plan.requests().isEmpty();
            }

            @Override
            public Move next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                Move move = null;
                for (int attempt = 0; attempt < ATTEMPTS && move == null; attempt++) {
                    Request one = plan.requests().get(random.nextInt(plan.requests().size()));
                    move = drawn(plan.packing(), one, byIndex, random);
                }
                Request any = plan.requests().get(0);
                return move == null ? new Move(any, any.getCandidate(), any, any.getCandidate()) : move;
            }
        };
    }

    private static Move drawn(Packing packing, Request one, Map<Integer, Request> byIndex, Random random) {
        int group = packing.group[one.getIndex()];
        if (group < 0 || one.getCandidate() == null) {
            return null;
        }
        List<Integer> members = packing.members.get(group);
        Request other = byIndex.get(members.get(random.nextInt(members.size())));
        if (other == one || other.getCandidate() == null) {
            return null;
        }
        int candidate = packing.at(one.getIndex(), packing.start[other.getCandidate()]);
        int exchanged = packing.at(other.getIndex(), packing.start[one.getCandidate()]);
        return candidate < 0 || exchanged < 0 ? null : new Move(one, candidate, other, exchanged);
    }

    /** Puts two requests at a candidate each. */
    public static final class Move extends AbstractMove<Plan> {

        private final Request one;
        private final Integer candidate;
        private final Request other;
        private final Integer exchanged;

        Move(Request one, Integer candidate, Request other, Integer exchanged) {
            this.one = one;
            this.candidate = candidate;
            this.other = other;
            this.exchanged = exchanged;
        }

        @Override
        public boolean isMoveDoable(ScoreDirector<Plan> director) {
            return one != other;
        }

        @Override
        public Collection<Request> getPlanningEntities() {
            return List.of(one, other);
        }

        @Override
        public Collection<Integer> getPlanningValues() {
            return List.of(candidate, exchanged);
        }

        @Override
        protected void doMoveOnGenuineVariables(ScoreDirector<Plan> director) {
            put(director, one, candidate);
            put(director, other, exchanged);
        }

        private static void put(ScoreDirector<Plan> director, Request request, Integer candidate) {
            director.beforeVariableChanged(request, "candidate");
            request.setCandidate(candidate);
            director.afterVariableChanged(request, "candidate");
        }
    }
}
